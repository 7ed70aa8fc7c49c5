import type { Priority, TicketStatus } from "@/api/types";

export const PRIORITIES: Priority[] = ["LOW", "NORMAL", "HIGH", "URGENT"];
export const STATUSES: TicketStatus[] = ["NEW", "OPEN", "PENDING", "ON_HOLD", "RESOLVED", "CLOSED"];
export const UNSOLVED = "NEW,OPEN,PENDING,ON_HOLD";

/** What may follow: a ticket is new only once, and a closed one can only be opened again. */
export function nextStatuses(now: TicketStatus): TicketStatus[] {
  if (now === "CLOSED") return ["CLOSED", "OPEN"];
  return STATUSES.filter((status) => status !== "NEW" || now === "NEW");
}
