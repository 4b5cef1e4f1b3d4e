import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";

/** What is changed on a page and not saved yet. It is still there when the user comes back to the page. */
export function useDraft<Draft extends object>(name: string): [Draft | null, (draft: Draft | null) => void] {
  const cache = useQueryClient();
  const [draft, setDraft] = useState<Draft | null>(() => cache.getQueryData<Draft>(["draft", name]) ?? null);
  const keep = useCallback(
    (next: Draft | null) => {
      // Nothing watches a draft while the user is elsewhere, and the cache would drop it after some minutes.
      cache.setQueryDefaults(["draft"], { gcTime: Number.POSITIVE_INFINITY });
      cache.setQueryData(["draft", name], next);
      setDraft(next);
    },
    [cache, name],
  );
  return [draft, keep];
}
