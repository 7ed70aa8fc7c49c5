import { BookUser, Inbox, ListFilter, MessageSquareText, Puzzle, Settings, Ticket } from "@lucide/vue";
import { type Component, computed, onScopeDispose, ref, watch } from "vue";
import { useRouter } from "vue-router";
import { ADMIN_PAGES } from "@/admin/pages";
import { site } from "@/api";
import type { SearchHit } from "@/api/types";
import { t } from "@/i18n";
import { titleOf } from "@/panels/titleOf";
import { usePanels } from "@/panels/usePanels";
import { active } from "@/shortcuts/useShortcuts";
import { useDirectory } from "@/stores/directory";
import { useInbox, VIEWS } from "@/stores/inbox";
import { useSession } from "@/stores/session";

export interface Command {
  id: string;
  group: "actions" | "views" | "found" | "admin";
  title: string;
  detail?: string;
  icon?: Component;
  keys?: string;
  run(): void;
}

const HIT_ICONS = { customer: BookUser, ticket: Ticket, message: MessageSquareText };

/** What the palette offers for what was typed: actions, views, admin pages, and what the hub finds. */
export function usePaletteCommands() {
  const router = useRouter();
  const inbox = useInbox();
  const directory = useDirectory();
  const session = useSession();
  const text = ref("");
  const hits = ref<SearchHit[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;

  watch(text, (wanted) => {
    clearTimeout(timer);
    hits.value = [];
    if (wanted.trim().length >= 2) timer = setTimeout(() => void search(wanted.trim()), 180);
  });
  onScopeDispose(() => clearTimeout(timer));

  async function search(wanted: string): Promise<void> {
    const page = await site.search(wanted).catch(() => ({ items: [] }));
    if (text.value.trim() === wanted) hits.value = page.items.slice(0, 8);
  }

  const pages = usePanels(() => "page");
  const fixed = [...actions(), ...views(), ...pluginPages(), ...adminPages()];
  const commands = computed(() => [...fixed.filter((command) => fits(command, text.value)), ...hits.value.map(found)]);

  function actions(): Command[] {
    const usable = [...active.values()].filter((shortcut) => shortcut.id !== "palette");
    return usable.map(({ id, keys, run }) => ({ id, keys, run, group: "actions", title: t(`keys.${id}`) }));
  }

  function views(): Command[] {
    const open = (place: Parameters<typeof inbox.open>[0]["place"]) => () => {
      void router.push({ name: "inbox" });
      void inbox.open({ place });
    };
    const fixedViews = VIEWS.map((view) => ({
      id: `view-${view}`,
      title: t(`view.${view}`),
      icon: Inbox,
      run: open({ view }),
    }));
    const queues = directory.queues.map(({ id, name }) => ({
      id: `queue-${id}`,
      title: name,
      icon: ListFilter,
      run: open({ queue: id }),
    }));
    return [...fixedViews, ...queues].map((command) => ({ ...command, group: "views" }));
  }

  function pluginPages(): Command[] {
    return pages.value.map((panel) => ({
      id: `page-${panel.element}`,
      group: "views",
      title: titleOf(panel),
      icon: Puzzle,
      run: () => void router.push({ name: "plugin-page", params: { element: panel.element } }),
    }));
  }

  function adminPages(): Command[] {
    return ADMIN_PAGES.filter((page) => session.can(page.permission)).map((page) => ({
      id: `admin-${page.id}`,
      group: "admin",
      title: t(`admin.${page.id}`),
      icon: Settings,
      run: () => void router.push({ name: "admin", params: { page: page.id } }),
    }));
  }

  function found(hit: SearchHit): Command {
    const target =
      hit.kind === "message"
        ? { name: "inbox", params: { id: hit.interaction ?? hit.id } }
        : { name: hit.kind, params: { id: hit.id } };
    return {
      id: `${hit.kind}-${hit.id}`,
      group: "found",
      title: hit.title,
      detail: hit.snippet,
      icon: HIT_ICONS[hit.kind],
      run: () => void router.push(target),
    };
  }

  return { text, commands };
}

function fits(command: Command, wanted: string): boolean {
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((part) => command.title.toLowerCase().includes(part));
}
