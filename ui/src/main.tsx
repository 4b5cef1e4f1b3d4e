import "./theme/theme.css";
import "@fontsource-variable/inter";
import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { tauriShell } from "./ipc/tauri";

/** The policy allows only styles that carry this nonce. Rust puts a fresh one into each page. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
setNonce(nonce);

const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App shell={tauriShell} nonce={nonce} />);
