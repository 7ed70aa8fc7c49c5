/** What every part of the view is handed: the chat and the words. */

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Chat } from "../chat";
import type { Language } from "../protocol";
import type { Words } from "../texts";

export interface Surroundings {
  chat: Chat;
  words: Words;
  language: Language;
}

export const Here = createContext<Surroundings | null>(null);

export function useHere(): Surroundings {
  const here = useContext(Here);
  if (!here) throw new Error("outside the widget");
  return here;
}

/** Render again whenever the chat changes. */
export function useChanges(chat: Chat): void {
  const [, turn] = useState(0);
  useEffect(() => chat.watch(() => turn((count) => count + 1)), [chat]);
}
