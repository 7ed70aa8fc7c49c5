/** What the HTTP API gives, as the screens read it. Times are ISO 8601 in UTC; states are upper case. */

export type * from "./basics";
export type * from "./contacts";
export type * from "./messages";
export type * from "./people";
export type * from "./promises";
export type * from "./records";
export type * from "./routing";
