import { administration } from "./administration";
import { calls } from "./calls";
import { codes } from "./codes";
import { conversation } from "./conversation";
import { records } from "./records";
import { routing } from "./routing";
import { shell } from "./shell";

export const en = { ...shell, ...codes, ...conversation, ...records, ...administration, ...routing, ...calls };
