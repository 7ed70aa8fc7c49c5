/** Who is logged in, what they may do, and what they chose. */

import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { session as api } from "@/api";
import { ApiError, useCsrf } from "@/api/client";
import type { Me, Preferences, PresenceState } from "@/api/types";
import { chooseTheme } from "@/design/useTheme";
import { speak } from "@/i18n";

export const useSession = defineStore("session", () => {
  const me = ref<Me | null>(null);
  const user = computed(() => me.value?.user ?? null);
  const presence = computed(() => me.value?.presence ?? null);
  const preferences = computed<Preferences>(() => user.value?.preferences ?? {});
  const myId = computed(() => user.value?.id ?? 0);

  function can(permission: string): boolean {
    return user.value?.permissions.includes(permission) ?? false;
  }

  async function refresh(): Promise<void> {
    me.value = await api.me();
    useCsrf(me.value.csrf);
  }

  /** Whether the browser's cookie is still good; the user's own theme and language then apply. */
  async function restore(): Promise<boolean> {
    try {
      await refresh();
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
    if (preferences.value.theme) chooseTheme(preferences.value.theme);
    await speak(user.value?.language || "en");
    return true;
  }

  async function login(name: string, password: string): Promise<void> {
    await api.login(name, password);
    await restore();
  }

  async function logout(): Promise<void> {
    await api.logout();
    me.value = null;
  }

  async function setPresence(state: PresenceState, reason = ""): Promise<void> {
    await api.presence(state, reason);
    await refresh();
  }

  async function prefer(change: Preferences): Promise<void> {
    if (!me.value) return;
    const preferences = { ...me.value.user.preferences, ...change };
    me.value = { ...me.value, user: { ...me.value.user, preferences } };
    await api.change({ preferences });
  }

  async function chooseLanguage(language: string): Promise<void> {
    await speak(language);
    if (me.value) await api.change({ language });
  }

  function forget(): void {
    me.value = null;
  }

  return {
    me,
    user,
    myId,
    presence,
    preferences,
    can,
    refresh,
    restore,
    login,
    logout,
    setPresence,
    prefer,
    chooseLanguage,
    forget,
  };
});
