import { computed, onScopeDispose, reactive, ref, watch } from "vue";
import { interactions as api, files as fileApi } from "@/api";
import type { Attachment } from "@/api/types";
import { useOpenForms } from "@/stores/openForms";

export interface Restored {
  text: string;
  kind: string;
  fields: Record<string, unknown>;
  attachments: Attachment[];
}

const PAUSE_MS = 500;

/** What is being written, kept on the server: it survives a reload and follows to another device. */
export function useDraft(interaction: number) {
  const draft = reactive<Restored>({ text: "", kind: "TEXT", fields: {}, attachments: [] });
  const forms = useOpenForms();
  const open = () => forms.of(interaction);
  const saved = ref(true);
  const loaded = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stored = false;

  const isEmpty = computed(
    () => !draft.text.trim() && !draft.attachments.length && !Object.values(draft.fields).some(Boolean),
  );

  const nothing = () => isEmpty.value && !Object.keys(open()).length;

  async function load(): Promise<void> {
    try {
      const found = await api.draft(interaction);
      const files = await Promise.all(found.attachments.map(fileApi.describe));
      stored = [found.text, files, Object.keys(found.fields), Object.keys(found.forms)].some((part) => part.length);
      if (!stored || !saved.value || !nothing()) return;
      replace({ ...found, attachments: files });
      forms.put(interaction, found.forms);
    } finally {
      loaded.value = true;
      if (!saved.value) soon(); // somebody was quicker than we
    }
  }

  function soon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), PAUSE_MS);
  }

  function replace(content: Partial<Restored>): void {
    draft.text = content.text ?? "";
    draft.kind = content.kind ?? draft.kind;
    draft.fields = { ...(content.fields ?? {}) };
    draft.attachments = [...(content.attachments ?? [])];
  }

  async function save(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    try {
      const left = !nothing();
      if (left) await api.saveDraft(interaction, body());
      else if (stored) await api.dropDraft(interaction);
      stored = left;
      saved.value = true;
    } catch (error) {
      console.warn("the draft stays on this screen for now", error);
      timer = setTimeout(() => void save(), 5000);
    }
  }

  function body() {
    const { text, kind, fields, attachments } = draft;
    return { text, html: "", kind, fields, attachments: attachments.map((file) => file.id), forms: open() };
  }

  /** Sent: nothing of the message is left to keep. */
  function clear(): void {
    replace({});
    void save();
  }

  watch([draft, open], () => {
    saved.value = !loaded.value && nothing();
    if (loaded.value) soon();
  });
  onScopeDispose(() => timer && void save());

  return { draft, saved, isEmpty, load, replace, clear };
}
