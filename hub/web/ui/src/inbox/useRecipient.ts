/** Who an address belongs to, while it is typed: the one customer who has it; nobody where it is several'. */

import { onScopeDispose, ref, watch } from "vue";
import { customers } from "@/api";
import type { Customer } from "@/api/types";

const BREATH = 300;

interface Address {
  scheme: string;
  value: string;
}

/** Digits as people write them, “+86 138-0013-8000”, are what is stored. */
function plain(address: string): string {
  return (/[^\d\s()+./-]/.test(address) ? address : address.replace(/[^\d+]/g, "")).toLowerCase();
}

export function ownerOf(found: Customer[], { scheme, value }: Address): Customer | null {
  const owners = found.filter(({ identities }) =>
    identities.some((one) => one.scheme === scheme && plain(one.value) === plain(value)),
  );
  return owners.length === 1 ? (owners[0] ?? null) : null;
}

export function useRecipient(address: () => Address) {
  const recipient = ref<Customer | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function look(wanted: Address): Promise<void> {
    const found = await customers.list({ q: plain(wanted.value), limit: 20 });
    if (wanted.value === address().value && wanted.scheme === address().scheme) {
      recipient.value = ownerOf(found.items, wanted);
    }
  }

  watch(
    () => [address().scheme, address().value],
    () => {
      recipient.value = null;
      clearTimeout(timer);
      const wanted = address();
      // templates are then filled with less; nobody need be told of a customer who could not be looked up
      if (wanted.value.length > 3) timer = setTimeout(() => void look(wanted).catch(() => undefined), BREATH);
    },
  );
  onScopeDispose(() => clearTimeout(timer));
  return { recipient };
}
