import { CloseButton, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useRef } from "react";
import { useWords } from "../i18n/words";

interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** A search field, reached by Ctrl+F or ⌘F. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const t = useWords();
  const field = useRef<HTMLInputElement>(null);
  useHotkeys([["mod+F", () => field.current?.focus()]], []);
  return (
    <TextInput
      ref={field}
      type="search"
      size="xs"
      w={300}
      placeholder={label}
      aria-label={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        value !== "" && <CloseButton size="sm" aria-label={t("search.clear")} onClick={() => onChange("")} />
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
