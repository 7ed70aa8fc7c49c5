import { createRouter, createWebHistory } from "vue-router";
import { useSession } from "./stores/session";

declare module "vue-router" {
  interface RouteMeta {
    /** Who lacks this permission does not see the page in the rail or the palette. */
    permission?: string;
    open?: boolean;
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/login", name: "login", component: () => import("./login/LoginPage.vue"), meta: { open: true } },
    {
      path: "/",
      component: () => import("./shell/AppShell.vue"),
      children: [
        { path: "", redirect: { name: "inbox" } },
        { path: "inbox/:id(\\d+)?", name: "inbox", component: () => import("./inbox/InboxPage.vue") },
        {
          path: "follow-ups/:kind(callbacks|voicemails)?",
          name: "followups",
          component: () => import("./followups/FollowUpsPage.vue"),
        },
        { path: "tickets", name: "tickets", component: () => import("./tickets/TicketsPage.vue") },
        { path: "tickets/:id(\\d+)", name: "ticket", component: () => import("./tickets/TicketPage.vue") },
        { path: "customers", name: "customers", component: () => import("./customers/CustomersPage.vue") },
        { path: "customers/import", name: "customer-import", component: () => import("./customers/ImportPage.vue") },
        { path: "customers/:id(\\d+)", name: "customer", component: () => import("./customers/CustomerPage.vue") },
        { path: "search", name: "search", component: () => import("./search/SearchPage.vue") },
        { path: "board", name: "board", component: () => import("./supervisor/BoardPage.vue") },
        { path: "live", name: "live", component: () => import("./supervisor/CallsPage.vue") },
        { path: "agents", name: "agents", component: () => import("./supervisor/AgentsPage.vue") },
        { path: "pages/:element", name: "plugin-page", component: () => import("./panels/PluginPage.vue") },
        { path: "admin/:page?", name: "admin", component: () => import("./admin/AdminPage.vue") },
        { path: ":rest(.*)*", redirect: { name: "inbox" } },
      ],
    },
  ],
});

router.beforeEach(async (to) => {
  const session = useSession();
  if (to.meta.open || session.me || (await session.restore())) return true;
  return { name: "login", query: to.fullPath === "/" ? {} : { next: to.fullPath } };
});
