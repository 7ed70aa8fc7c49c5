/** Who is logged in, and how colleagues are. */

import type { Medium, Ref } from "./basics";
import type { MediumLoad } from "./routing";

export type PresenceState = "LOGGED_OUT" | "NOT_READY" | "READY";

export interface Preferences {
  theme?: "light" | "dark" | "system";
  undo_seconds?: number;
  sound?: boolean;
  notifications?: boolean;
  single_keys?: boolean;
}

export interface User {
  id: number;
  login: string;
  name: string;
  language: string;
  roles: string[];
  permissions: string[];
  department: Ref | null;
  capacity: Partial<Record<Medium, number>>;
  preferences: Preferences;
}

export interface Presence {
  state: PresenceState;
  reason: string;
  pending: string;
  since: string;
}

export interface Me {
  user: User;
  presence: Presence;
  csrf: string;
  site: { name: string; languages: string[] };
  seq: number;
}

export interface AgentStatus {
  id: number;
  name: string;
  presence: Presence;
  load: Partial<Record<Medium, number>>;
  capacity: Partial<Record<Medium, number>>;
  media: MediumLoad[];
}
