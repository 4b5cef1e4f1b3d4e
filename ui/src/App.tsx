import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Window } from "./frame/Window";
import { LOCALE } from "./i18n/format";
import { makeWords, WordsContext } from "./i18n/words";
import type { Backend } from "./ipc/backend";
import { BackendContext, makeQueryClient } from "./ipc/queries";
import { cssVariables, theme } from "./theme/theme";

interface AppProps {
  backend: Backend;
  /** Lets the styles made at run time pass the page's policy. */
  nonce?: string;
}

/** The whole window, on whatever stands behind it. */
export function App({ backend, nonce = "" }: AppProps) {
  const [cache] = useState(makeQueryClient);
  const [words] = useState(() => makeWords(LOCALE));
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <WordsContext value={words}>
        <QueryClientProvider client={cache}>
          <BackendContext value={backend}>
            <Notifications position="bottom-right" limit={2} />
            <Window />
          </BackendContext>
        </QueryClientProvider>
      </WordsContext>
    </MantineProvider>
  );
}
