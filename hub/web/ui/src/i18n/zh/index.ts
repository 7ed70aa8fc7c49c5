import type { Sentences } from "..";
import { administration } from "./administration";
import { codes } from "./codes";
import { conversation } from "./conversation";
import { records } from "./records";
import { shell } from "./shell";

export const zh: Sentences = { ...shell, ...codes, ...conversation, ...records, ...administration };
