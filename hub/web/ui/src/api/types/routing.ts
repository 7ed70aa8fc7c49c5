/** What routing says: the board, why somebody waits, who would get what, and how queues are served. */

import type { Medium, Ref } from "./basics";

export interface Crew {
  ready: number;
  busy: number;
  wrap_up: number;
  not_ready: number;
  logged_out: number;
}

export interface Target {
  medium: Medium | null;
  percent: number;
  seconds: number;
}

/** How it went today; the level is a share, of what has a target. */
export interface BoardToday {
  offered: number;
  answered: number;
  abandoned: number;
  overflowed: number;
  answered_in_target: number;
  service_level: number | null;
  average_wait_seconds: number;
}

export interface BoardChannel {
  channel: string;
  medium: Medium;
  waiting: number;
  longest_wait_seconds: number;
  today: BoardToday;
  target: Target | null;
}

export interface BoardQueue {
  id: number;
  key: string;
  name: string;
  department: Ref | null;
  is_open: boolean;
  waiting: number;
  ringing: number;
  longest_wait_seconds: number;
  channels: BoardChannel[];
  agents: Crew;
  today: BoardToday;
  target: Target | null;
}

export interface Board {
  at: string;
  queues: BoardQueue[];
  agents: Crew;
}

/** How many of a medium somebody holds, and may: the lower of what was given and what they chose. */
export interface MediumLoad {
  medium: Medium;
  used: number;
  limit: number;
  given: number;
  chosen: number | null;
}

/** The same of a channel; `takes_more`: whether one more would be given now. */
export interface ChannelLoad {
  channel: string;
  medium: Medium;
  used: number;
  limit: number;
  takes_more: boolean;
}

export type Limits = Partial<Record<Medium, number>>;
export type NotYet = "NOT_IN_QUEUE" | "LACKS_SKILL" | "NOT_ROUTABLE" | "NO_ROOM" | "REFUSED" | "KEPT";

export interface NotThem {
  agent: Ref;
  reason: NotYet;
  lacks: string[];
}

export interface Explanation {
  state: "NONE" | "WAITING" | "OFFERED" | "ASSIGNED";
  waiting: {
    position: number;
    waited_seconds: number;
    ring: number;
    next_step_seconds: number | null;
    kept_for: Ref | null;
    reasons: Partial<Record<NotYet, number>>;
    named: NotThem[];
  } | null;
  estimated_wait: number | null;
  offers: { agent: Ref; created_at: string; ended_at: string | null; state: string; why: Partial<WhyAgent> }[];
}

export interface WhyAgent {
  candidates: number;
  in_hand: number;
  idle_seconds: number;
  waited_seconds: number;
  strategy: Strategy;
  ring: number;
  own: boolean;
  refused_before: boolean;
}

export type Strategy = "LEAST_BUSY" | "LONGEST_IDLE" | "MOST_SKILLED" | "ROUND_ROBIN" | "WEIGHTED" | "ALL_RING";

export interface Ring {
  after: number;
  skills: Record<string, number>;
  queues: number[];
}

export interface Overflow {
  reason: "WAIT" | "DEPTH" | "CLOSED";
  limit: number;
  queue: number | null;
  action: "queue" | "callback" | "message" | "end";
}

export interface QueueRouting {
  strategy: Strategy;
  width: number;
  auto_accept: boolean;
  rings: Ring[];
  overflow: Overflow[];
  last_agent_seconds: number;
  targets: Target[];
  /** Whoever gave up waiting is owed an answer; null: those who called. */
  missed_calls: boolean | null;
  /** How often who was promised a call is tried, and the seconds between. */
  callback_attempts: number;
  callback_pause: number;
  agent_hangs_up: "end" | "queue";
}

export interface Question {
  queue: number;
  medium: Medium;
  channel: string;
  skills: Record<string, number>;
  priority: number;
  waited_seconds: number;
  agent: number | null;
  routing: QueueRouting | null;
  taught?: { user: number; skills: Record<string, number> }[];
  blending?: Blending | null;
}

export interface Answer {
  first: Ref[];
  ring: number;
  strategy: Strategy;
  skills: Record<string, number>;
  reasons: Partial<Record<NotYet, number>>;
  named: NotThem[];
}

export interface Rule {
  name: string;
  when: string;
  queue: number | null;
  priority: number;
  skills: Record<string, number>;
  agent: string;
  keep_seconds: number;
  /** Put down with the interaction. */
  attributes: Record<string, string>;
}

/** What blocks what. `blocks` null: a call blocks chats and mail, a chat blocks calls. */
export interface Blending {
  blocks: Partial<Record<Medium, Medium[]>> | null;
  interrupts: Partial<Record<Medium, Medium[]>>;
  channels: Record<string, number>;
  weights: Partial<Record<Medium, number>>;
  budget: number | null;
}

export interface RoutingRules {
  priority_seconds: number;
  preference_seconds: number;
  rules: Rule[];
  blending: Blending | null;
}

/** A change that is tried on recorded hours. */
/** Where something is passed on to, or who is asked: a queue, a colleague, or whoever has these levels. */
export interface Whereto {
  queue?: number;
  user?: number;
  skills?: Record<string, number>;
}

export interface Proposal {
  queue?: number;
  queues?: { queue: number; routing: QueueRouting }[];
  rules?: RoutingRules;
  skills?: { user: number; skills: Record<string, number> }[];
}

export interface Course {
  ending: "ANSWERED" | "LEFT" | "OVERFLOWED" | "WAITING";
  queue: Ref | null;
  agent: Ref | null;
  waited_seconds: number;
  overflow: Overflow["reason"] | null;
  why: WhyAgent | null;
}

export interface QueueFigures {
  offered: number;
  answered: number;
  left: number;
  overflowed: number;
  waiting: number;
  average_wait_seconds: number;
  longest_wait_seconds: number;
  service_level: number | null;
}

export interface Replayed {
  since: string;
  until: string;
  full: boolean;
  contacts: number;
  as_recorded: number;
  differ: number;
  queues: { queue: Ref; before: QueueFigures; after: QueueFigures }[];
  agents: { agent: Ref; before: number; after: number }[];
  differences: { interaction: { id: number; channel: string; subject: string }; before: Course; after: Course }[];
}

export interface SkillTable {
  skills: string[];
  users: { id: number; name: string; skills: Record<string, number> }[];
}
