import { administration } from "./administration";
import { calls } from "./calls";
import { codes } from "./codes";
import { conversation } from "./conversation";
import { promises } from "./promises";
import { records } from "./records";
import { routing } from "./routing";
import { shell } from "./shell";
import { supervision } from "./supervision";

export const en = {
  ...shell,
  ...codes,
  ...conversation,
  ...records,
  ...administration,
  ...routing,
  ...calls,
  ...promises,
  ...supervision,
};

/** The shape every language fills; a missing sentence is a type error. */
export type Sentences = typeof en;
