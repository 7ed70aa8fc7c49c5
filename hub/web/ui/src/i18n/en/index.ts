import { administration } from "./administration";
import { codes } from "./codes";
import { conversation } from "./conversation";
import { records } from "./records";
import { shell } from "./shell";

export const en = { ...shell, ...codes, ...conversation, ...records, ...administration };
