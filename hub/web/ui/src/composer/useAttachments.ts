import { ref } from "vue";
import { files } from "@/api";
import { t } from "@/i18n";
import { complain, say } from "@/parts/feedback";
import { fileSize } from "@/parts/words";
import type { Restored } from "./useDraft";

/** Files by button, drag or paste, uploaded at once so that sending is instant. */
export function useAttachments(draft: Restored, limit: () => number) {
  const uploading = ref(0);
  const over = ref(false);

  async function add(list: Iterable<File>): Promise<void> {
    for (const file of list) {
      if (limit() && file.size > limit()) {
        say(t("attachment.too_large", { name: file.name, size: fileSize(limit()) }), "warning");
        continue;
      }
      await upload(file);
    }
  }

  async function upload(file: File): Promise<void> {
    uploading.value++;
    try {
      draft.attachments.push(await files.upload(file));
    } catch (error) {
      complain(error);
    } finally {
      uploading.value--;
    }
  }

  function drop(id: number): void {
    draft.attachments.splice(
      draft.attachments.findIndex((file) => file.id === id),
      1,
    );
  }

  function pasted(event: ClipboardEvent): void {
    const list = [...(event.clipboardData?.files ?? [])];
    if (!list.length) return;
    event.preventDefault();
    void add(list);
  }

  function dropped(event: DragEvent): void {
    over.value = false;
    void add([...(event.dataTransfer?.files ?? [])]);
  }

  return { uploading, over, add, drop, pasted, dropped };
}
