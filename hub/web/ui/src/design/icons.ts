/** Which icon stands for what. By medium and address scheme, never by a channel's name. */

import {
  Circle,
  CircleAlert,
  CircleCheck,
  CircleDot,
  CirclePause,
  Clock,
  Globe,
  Hash,
  Hourglass,
  Inbox,
  Mail,
  MessageCircle,
  MessageSquare,
  Moon,
  Phone,
} from "@lucide/vue";
import type { Component } from "vue";
import type { Medium } from "@/api/types";

const BY_SCHEME: Record<string, Component> = { mailto: Mail, tel: Phone, visitor: Globe };
const BY_MEDIUM: Record<Medium, Component> = { VOICE: Phone, LIVE_TEXT: MessageCircle, DEFERRED: Inbox };

export function mediumIcon(medium: Medium): Component {
  return BY_MEDIUM[medium] ?? Inbox;
}

export function identityIcon(scheme: string): Component {
  return BY_SCHEME[scheme] ?? Hash;
}

/** A deferred contact looks like a letter or a text message, by the kind of address it came from. */
export function contactIcon(medium: Medium, scheme: string | undefined): Component {
  if (medium !== "DEFERRED") return mediumIcon(medium);
  if (scheme === "mailto") return Mail;
  return scheme === "tel" ? MessageSquare : Inbox;
}

const BY_STATE: Record<string, Component> = {
  QUEUED: Hourglass,
  OFFERED: Hourglass,
  CONNECTED: CircleDot,
  ON_HOLD: CirclePause,
  AWAITING_CUSTOMER: Clock,
  SNOOZED: Moon,
  PARKED: CirclePause,
  CLOSED: CircleCheck,
  ABANDONED: CircleAlert,
  FAILED: CircleAlert,
};

export function stateIcon(state: string): Component {
  return BY_STATE[state] ?? Circle;
}
