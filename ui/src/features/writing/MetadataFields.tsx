import { Checkbox, Select } from "@mantine/core";
import { useWords } from "../../i18n/words";
import type { MetadataField, MetadataKey, MetadataKind } from "../../ipc/backend";
import { nameOf } from "./metadataName";
import classes from "./writing.module.css";

const KINDS: MetadataKind[] = ["text", "number", "date", "yesNo"];

interface MetadataFieldsProps {
  keys: MetadataKey[];
  fields: MetadataField[];
  onChange: (fields: MetadataField[]) => void;
}

/** Metadata of Stripe's objects that gets properties of its own, and as what. */
export function MetadataFields({ keys, fields, onChange }: MetadataFieldsProps) {
  const t = useWords();
  const found = new Set(keys.map(nameOf));
  const gone = fields.filter((field) => !found.has(nameOf(field)));
  if (keys.length + gone.length === 0) return <p className={classes.muted}>{t("metadata.empty")}</p>;
  return (
    <ul className={classes.metadata}>
      {[...keys, ...gone].map((key) => {
        const field = fields.find((one) => same(one, key));
        const others = fields.filter((one) => !same(one, key));
        const label = t("metadata.of", { key: key.key, owner: t(`metadataOwner.${key.owner}`) });
        return (
          <li key={nameOf(key)}>
            <Checkbox
              label={label}
              description={
                "example" in key
                  ? t("metadata.example", { example: key.example, count: key.objects })
                  : t("metadata.gone")
              }
              checked={field !== undefined}
              onChange={(event) =>
                onChange(
                  event.currentTarget.checked
                    ? [...others, { owner: key.owner, key: key.key, kind: "text" }]
                    : others,
                )
              }
            />
            {field !== undefined && (
              <Select
                size="xs"
                w={128}
                allowDeselect={false}
                aria-label={t("metadata.kind", { key: label })}
                value={field.kind}
                onChange={(kind) => onChange([...others, { ...field, kind: kind as MetadataKind }])}
                data={KINDS.map((value) => ({ value, label: t(`metadataKind.${value}`) }))}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

const same = (one: MetadataField, other: Pick<MetadataKey, "owner" | "key">) => nameOf(one) === nameOf(other);
