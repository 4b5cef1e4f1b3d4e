import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const indigo: MantineColorsTuple = [
  "#eef0fe",
  "#e0e3fd",
  "#c5cafa",
  "#a3aaf6",
  "#8189f1",
  "#646aec",
  "#4f4fdc",
  "#423fc4",
  "#37369e",
  "#2f2f7e",
];

const red: MantineColorsTuple = [
  "#fdeeee",
  "#fadcdd",
  "#f4b9bc",
  "#ee949a",
  "#e5636c",
  "#d53f4a",
  "#bf2633",
  "#a51f2b",
  "#8a1a24",
  "#6f151d",
];
const gray: MantineColorsTuple = [
  "#f7f7f9",
  "#f2f3f6",
  "#e4e5ea",
  "#dcdee5",
  "#c9ccd4",
  "#9ea3ae",
  "#686d7a",
  "#565b68",
  "#33363f",
  "#1a1c22",
];
const dark: MantineColorsTuple = [
  "#e9eaee",
  "#c6cad3",
  "#a6abb7",
  "#949aa7",
  "#444852",
  "#2b2e35",
  "#1d2025",
  "#181a1f",
  "#141519",
  "#111216",
];

/** The look: Inter, six sizes, a 4-pixel grid, one accent. */
export const theme = createTheme({
  colors: { indigo, red, gray, dark },
  primaryColor: "indigo",
  primaryShade: { light: 6, dark: 6 },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "24px", xl: "28px" },
  radius: { sm: "4px", md: "8px" },
  defaultRadius: "md",
  focusRing: "auto",
  respectReducedMotion: true,
  cursorType: "pointer",
  breakpoints: { sm: "60em" },
  components: {
    InputWrapper: {
      styles: {
        // The mark of the focus stands between.
        label: { fontWeight: 500, marginBottom: 4 },
        description: { fontSize: 12, lineHeight: "16px" },
        error: { fontSize: 12, lineHeight: "16px" },
      },
    },
    Switch: {
      styles: { label: { fontWeight: 500 }, description: { fontSize: 13, lineHeight: "20px", marginTop: 0 } },
    },
    Button: { defaultProps: { size: "sm" }, styles: { root: { fontWeight: 500 } } },
    Tooltip: {
      defaultProps: { withArrow: false, openDelay: 300, events: { hover: true, focus: true, touch: true } },
    },
    Drawer: { defaultProps: { position: "right", size: 520, overlayProps: { backgroundOpacity: 0.35 } } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35 } } },
  },
});

/** Mantine's own colours, led back to ours. */
export const cssVariables: CSSVariablesResolver = () => {
  const own = {
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-dimmed": "var(--muted)",
    "--mantine-color-placeholder": "var(--faint)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-default-color": "var(--text)",
    "--mantine-color-default-border": "var(--border-strong)",
    "--mantine-color-error": "var(--bad)",
    "--mantine-color-anchor": "var(--accent-text)",
    "--mantine-color-indigo-light": "var(--accent-soft)",
    "--mantine-color-indigo-light-hover": "var(--accent-soft-hover)",
    "--mantine-color-indigo-light-color": "var(--accent-text)",
    "--mantine-color-red-light": "var(--bad-soft)",
    "--mantine-color-red-light-hover": "var(--bad-soft)",
    "--mantine-color-red-light-color": "var(--bad)",
  };
  return { variables: {}, light: own, dark: own };
};
