/** Every call the screens make, by noun. */

import { bytes, get, look, patch, post, put, type Query, remove, upload } from "./client";
import type * as T from "./types";

export const session = {
  login: (login: string, password: string) => post<{ token: string }>("/login", { login, password }),
  logout: () => post<void>("/logout"),
  me: () => get<T.Me>("/me"),
  change: (body: { language?: string; preferences?: T.Preferences }) => patch<unknown>("/me", body),
  password: (current: string, next: string) => put<unknown>("/me/password", { current, new: next }),
  presence: (state: T.PresenceState, reason = "") => put<T.Presence>("/me/presence", { state, reason }),
};

export const interactions = {
  list: (query: Query) => get<T.Page<T.Interaction>>("/interactions", query),
  counts: () => get<T.Counts>("/interactions/counts"),
  one: (id: number) => get<T.InteractionDetail>(`/interactions/${id}`),
  messages: (id: number, query: Query) => get<T.Page<T.Message>>(`/interactions/${id}/messages`, query),
  send: (id: number, message: T.NewMessage) => post<T.Message>(`/interactions/${id}/messages`, message),
  start: (body: unknown) => post<{ id: number }>("/interactions", body),
  change: (id: number, body: unknown) => patch<unknown>(`/interactions/${id}`, body),
  close: (id: number, disposition: string) =>
    post<unknown>(`/interactions/${id}/close`, disposition ? { disposition } : {}),
  transfer: (id: number, to: T.Whereto & { ring?: boolean; voicemail?: boolean; note?: string }) =>
    post<unknown>(`/interactions/${id}/transfer`, to),
  awaitCustomer: (id: number) => post<unknown>(`/interactions/${id}/await`),
  snooze: (id: number, until: string) => post<unknown>(`/interactions/${id}/snooze`, { until }),
  resume: (id: number) => post<unknown>(`/interactions/${id}/resume`),
  take: (id: number) => post<unknown>(`/interactions/${id}/take`),
  read: (id: number) => post<unknown>(`/interactions/${id}/read`),
  wrapUp: (id: number, disposition: string) => post<unknown>(`/interactions/${id}/wrap-up`, { disposition }),
  viewers: (id: number) => get<T.Page<T.Ref>>(`/interactions/${id}/viewers`),
  draft: (id: number) => get<T.Draft>(`/interactions/${id}/draft`),
  saveDraft: (id: number, draft: unknown) => put<unknown>(`/interactions/${id}/draft`, draft),
  dropDraft: (id: number) => remove<unknown>(`/interactions/${id}/draft`),
};

export const calls = {
  place: (body: { account: number | null; to: { scheme: string; value: string }; caller?: string }) =>
    post<{ id: number }>("/calls", body),
  hold: (id: number) => post<unknown>(`/interactions/${id}/hold`),
  hangUp: (id: number) => post<unknown>(`/interactions/${id}/hang-up`),
  press: (id: number, keys: string) => post<void>(`/interactions/${id}/keys`, { keys }),
  passOut: (id: number, to: { scheme: string; value: string }) => post<unknown>(`/interactions/${id}/pass-out`, { to }),
  tasks: () => get<T.Page<{ id: number; kind: string; interaction: number | null }>>("/work-items"),
  taskDone: (work: number) => post<void>(`/work-items/${work}/done`),
  devices: () => get<T.Page<T.Device>>("/me/devices"),
  mine: () => get<T.Page<T.InteractionDetail>>("/me/calls"),
  monitor: (id: number, mode: T.Monitoring, user?: number) =>
    post<unknown>(`/interactions/${id}/monitor`, { mode, user: user ?? null }),
  stopMonitoring: (id: number) => post<unknown>(`/interactions/${id}/monitor/stop`),
  takeOver: (id: number) => post<unknown>(`/interactions/${id}/take-over`),
  record: (id: number, on: boolean) => post<unknown>(`/interactions/${id}/record`, { on }),
  mute: (id: number, on: boolean) => post<unknown>(`/interactions/${id}/mute`, { on }),
  dismiss: (id: number, leg: string) => post<unknown>(`/interactions/${id}/dismiss`, { leg }),
  unpark: (id: number) => post<unknown>(`/interactions/${id}/unpark`),
  park: (id: number) => post<unknown>(`/interactions/${id}/park`),
  invite: (id: number, to: { scheme: string; value: string }) => post<unknown>(`/interactions/${id}/invite`, { to }),
};

export const promises = {
  callbacks: (query: Query) => get<T.Page<T.Callback>>("/callbacks", query),
  promise: (body: T.NewCallback) => post<{ id: number }>("/callbacks", body),
  cancel: (id: number) => post<void>(`/callbacks/${id}/cancel`),
  followUps: (query: Query) => get<T.Page<T.FollowUp>>("/follow-ups", query),
  assign: (work: number, user: number | null) => post<{ id: number }>(`/follow-ups/${work}/assign`, { user }),
  voicemails: (query: Query) => get<T.Page<T.Voicemail>>("/voicemails", query),
  heard: (id: number, on: boolean) => post<void>(`/voicemails/${id}/heard`, { on }),
  closed: (id: number, on: boolean) => post<void>(`/voicemails/${id}/closed`, { on }),
  assignVoicemail: (id: number, user: number | null) => post<void>(`/voicemails/${id}/assign`, { user }),
};

/** Agents' own voicemail boxes; `user` null is mine. */
export const boxes = {
  open: () => get<number[]>("/own-boxes"),
  of: (user: number | null) => get<T.OwnBox>(boxPath(user)),
  set: (user: number | null, box: T.OwnBox) => put<T.OwnBox>(boxPath(user), box),
  record: (user: number | null, sound: Blob) => {
    const form = new FormData();
    form.append("file", sound, "greeting.wav");
    return upload<T.OwnBox>(`${boxPath(user)}/greeting`, form);
  },
  greeting: (user: number | null) => bytes(`${boxPath(user)}/greeting`),
};
const boxPath = (user: number | null) => (user === null ? "/me/own-box" : `/users/${user}/own-box`);

export const consult = {
  ask: (id: number, whom: T.Whereto & { note?: string; voicemail?: boolean }) =>
    post<unknown>(`/interactions/${id}/consult`, whom),
  join: (id: number) => post<unknown>(`/interactions/${id}/consult/join`),
  complete: (id: number) => post<void>(`/interactions/${id}/consult/complete`),
  back: (id: number) => post<unknown>(`/interactions/${id}/consult/back`),
  leave: (id: number) => post<void>(`/interactions/${id}/consult/leave`),
};

export const offers = {
  mine: () => get<T.Page<T.Offer>>("/offers"),
  accept: (id: number) => post<{ interaction: number }>(`/offers/${id}/accept`),
  reject: (id: number, reason = "") => post<unknown>(`/offers/${id}/reject`, { reason }),
};

export const deliveries = {
  undo: (id: number) => post<unknown>(`/deliveries/${id}/undo`),
  retry: (id: number) => post<unknown>(`/deliveries/${id}/retry`),
};

export const files = {
  describe,
  bytes: (id: number) => bytes(`/attachments/${id}`),
  upload: (file: File) => {
    const form = new FormData();
    form.append("file", file, file.name);
    return upload<T.Attachment>("/uploads", form);
  },
};

export const tickets = {
  list: (query: Query) => get<T.Page<T.Ticket>>("/tickets", query),
  one: (id: number) => get<T.Ticket>(`/tickets/${id}`),
  create: (body: unknown) => post<T.Ticket>("/tickets", body),
  change: (id: number, body: unknown) => patch<T.Ticket>(`/tickets/${id}`, body),
  history: (id: number) => get<T.Page<T.TicketChange>>(`/tickets/${id}/history`),
  interactions: (id: number) => get<T.Page<T.Interaction>>(`/tickets/${id}/interactions`),
};

export const customers = {
  list: (query: Query) => get<T.Page<T.Customer>>("/customers", query),
  one: (id: number) => get<T.Customer>(`/customers/${id}`),
  create: (body: unknown) => post<T.Customer>("/customers", body),
  change: (id: number, body: unknown) => patch<T.Customer>(`/customers/${id}`, body),
  erase: (id: number) => remove<unknown>(`/customers/${id}`),
  addIdentity: (id: number, body: unknown) => post<T.Identity>(`/customers/${id}/identities`, body),
  changeIdentity: (id: number, identity: number, body: unknown) =>
    patch<T.Identity>(`/customers/${id}/identities/${identity}`, body),
  removeIdentity: (id: number, identity: number) => remove<unknown>(`/customers/${id}/identities/${identity}`),
  assets: (id: number) => get<T.Asset[]>(`/customers/${id}/assets`),
  timeline: (id: number, query: Query = {}) => get<T.Page<T.TimelineEntry>>(`/customers/${id}/timeline`, query),
  members: (id: number) => get<T.Page<T.Customer>>(`/customers/${id}/members`),
  mergePreview: (keep: number, gone: number) => post<T.MergePreview>("/customers/merge/preview", { keep, gone }),
  merge: (keep: number, gone: number) => post<{ id: number }>("/customers/merge", { keep, gone }),
  undoMerge: (merge: number) => post<unknown>(`/merges/${merge}/undo`),
  merges: (customer: number) => get<T.Page<T.Merge>>("/merges", { customer }),
};

export const site = {
  search: (q: string, kinds = "") => get<T.Page<T.SearchHit>>("/search", { q, kinds }),
  forcePresence: (id: number, state: T.PresenceState, reason: string) =>
    put<unknown>(`/agents/${id}/presence`, { state, reason }),
};

export const routing = {
  board: () => get<T.Board>("/routing/board"),
  why: (interaction: number) => get<T.Explanation>(`/interactions/${interaction}/routing`),
  preview: (question: T.Question) => post<T.Answer>("/routing/preview", question),
  replay: (since: string, until: string, proposal: T.Proposal) =>
    post<T.Replayed>("/routing/replay", { since, until, ...proposal }),
  rules: () => get<T.RoutingRules>("/routing/rules"),
  saveRules: (rules: T.RoutingRules) => put<T.RoutingRules>("/routing/rules", rules),
  check: (when: string) =>
    post<{ message: string; code: string | null; position: number | null }>("/routing/conditions", { when }),
  skillNames: () => get<string[]>("/skills"),
  skills: () => get<T.SkillTable>("/routing/skills"),
  saveSkills: (users: { user: number; skills: Record<string, number> }[]) =>
    put<T.SkillTable>("/routing/skills", { users }),
  myLimits: () => get<T.MediumLoad[]>("/me/limits"),
  myChannels: () => get<T.ChannelLoad[]>("/me/channels"),
  chooseLimits: (limits: T.Limits) => put<T.MediumLoad[]>("/me/limits", { limits }),
  giveLimits: (agent: number, limits: T.Limits) => put<T.MediumLoad[]>(`/agents/${agent}/limits`, { limits }),
};

/** What a file of mine is called, from the headers it is served with: a draft keeps no more than its id. */
async function describe(id: number): Promise<T.Attachment> {
  const headers = await look(`/attachments/${id}`);
  const disposition = headers.get("content-disposition") ?? "";
  const name =
    /filename\*=utf-8''([^;]+)/i.exec(disposition)?.[1] ?? /filename="([^"]*)"/.exec(disposition)?.[1] ?? String(id);
  return {
    id,
    name: decodeURIComponent(name),
    media_type: headers.get("content-type") ?? "",
    size: Number(headers.get("content-length") ?? 0),
  };
}
