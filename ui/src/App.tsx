import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { useState } from "react";
import { ShownWorkspace } from "./frame/ShownWorkspace";
import { LOCALE } from "./i18n/format";
import { makeWords, WordsContext } from "./i18n/words";
import type { Shell } from "./ipc/backend";
import { cssVariables, theme } from "./theme/theme";

interface AppProps {
  shell: Shell;
  /** Lets the styles made at run time pass the page's policy. */
  nonce?: string;
}

/** The whole window, on whatever stands behind it. */
export function App({ shell, nonce = "" }: AppProps) {
  const [words] = useState(() => makeWords(LOCALE));
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <WordsContext value={words}>
        <Notifications position="bottom-right" limit={2} />
        <ShownWorkspace shell={shell} />
      </WordsContext>
    </MantineProvider>
  );
}
