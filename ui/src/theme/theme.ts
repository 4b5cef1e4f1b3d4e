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

/** The look: Inter, six sizes, a 4-pixel grid, one accent. */
export const theme = createTheme({
  colors: { indigo },
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
  breakpoints: { sm: "56.25em" },
  components: {
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
  };
  return { variables: {}, light: own, dark: own };
};
