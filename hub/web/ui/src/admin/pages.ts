/** The pages of the administration, each with who may see it. Kept light: the rail and the palette read it too. */

import { type Component, defineAsyncComponent } from "vue";

export interface AdminPageInfo {
  id: string;
  group: "contact" | "people" | "system";
  permission: string;
  component: Component;
}

const lazy = (load: () => Promise<{ default: Component }>) => defineAsyncComponent(load);

export const ADMIN_PAGES: AdminPageInfo[] = [
  {
    id: "connections",
    group: "contact",
    permission: "connections.manage",
    component: lazy(() => import("./ConnectionsPage.vue")),
  },
  { id: "queues", group: "contact", permission: "queues.manage", component: lazy(() => import("./QueuesPage.vue")) },
  { id: "skills", group: "contact", permission: "queues.manage", component: lazy(() => import("./SkillsPage.vue")) },
  { id: "rules", group: "contact", permission: "queues.manage", component: lazy(() => import("./RulesPage.vue")) },
  {
    id: "templates",
    group: "contact",
    permission: "templates.manage",
    component: lazy(() => import("./TemplatesPage.vue")),
  },
  {
    id: "assets",
    group: "contact",
    permission: "templates.manage",
    component: lazy(() => import("./AssetTypesPage.vue")),
  },
  { id: "users", group: "people", permission: "users.manage", component: lazy(() => import("./UsersPage.vue")) },
  { id: "roles", group: "people", permission: "roles.manage", component: lazy(() => import("./RolesPage.vue")) },
  {
    id: "departments",
    group: "people",
    permission: "users.manage",
    component: lazy(() => import("./DepartmentsPage.vue")),
  },
  {
    id: "quarantine",
    group: "system",
    permission: "quarantine.manage",
    component: lazy(() => import("./QuarantinePage.vue")),
  },
  { id: "plugins", group: "system", permission: "plugins.manage", component: lazy(() => import("./PluginsPage.vue")) },
  { id: "tokens", group: "system", permission: "tokens.manage", component: lazy(() => import("./TokensPage.vue")) },
  {
    id: "webhooks",
    group: "system",
    permission: "webhooks.manage",
    component: lazy(() => import("./WebhooksPage.vue")),
  },
  { id: "audit", group: "system", permission: "audit.read", component: lazy(() => import("./AuditPage.vue")) },
];

export const ADMIN_PERMISSIONS = [...new Set(ADMIN_PAGES.map((page) => page.permission))];
