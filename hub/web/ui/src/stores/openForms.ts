/** Forms that are open beside a conversation. They are part of its draft: they survive a reload, and go with the work. */

import { defineStore } from "pinia";
import { type InjectionKey, inject, type Ref, reactive, watch } from "vue";
import type { Forms } from "@/api/types";

/** Which conversation a form stands beside. */
export const BESIDE: InjectionKey<number> = Symbol("beside");

export const useOpenForms = defineStore("openForms", () => {
  const all = reactive<Record<number, Forms>>({});
  const of = (interaction: number): Forms => all[interaction] ?? {};

  function put(interaction: number, forms: Forms): void {
    all[interaction] = forms;
  }

  function write(interaction: number, name: string, values: object): void {
    all[interaction] = { ...of(interaction), [name]: JSON.stringify(values) };
  }

  function close(interaction: number, name: string): void {
    const { [name]: _closed, ...others } = of(interaction);
    all[interaction] = others;
  }

  return { of, put, write, close };
});

/** What is typed into this form is kept; what had been, here or by whom I have it from, is there again. */
export function useOpenForm(name: string, form: object): void {
  const interaction = inject(BESIDE, null);
  if (interaction === null) return;
  const forms = useOpenForms();
  const kept = forms.of(interaction)[name];
  if (kept) Object.assign(form, JSON.parse(kept));
  watch(form, () => forms.write(interaction, name, form), { immediate: true });
}

/** A form of this name is open: so is its dialog; a dialog that is closed has no form. */
export function useDialogOfForm<T extends string>(
  interaction: number,
  name: string,
  dialog: Ref<T | null>,
  open: T,
): void {
  const forms = useOpenForms();
  watch(
    () => name in forms.of(interaction),
    (is) => {
      if (is) dialog.value = open;
    },
    { immediate: true },
  );
  watch(dialog, (now, before) => {
    if (before === open && now !== open) forms.close(interaction, name);
  });
}
