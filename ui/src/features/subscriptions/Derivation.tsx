import { IconInfoCircle } from "@tabler/icons-react";
import type { Explanation } from "../../ipc/backend";
import { Id } from "../../kit/CopyButton";
import classes from "./subscriptions.module.css";

/** How a figure was worked out: in a sentence, step by step, and what was assumed. */
export function Derivation({ explanation: { sentence, lines, notes } }: { explanation: Explanation }) {
  return (
    <>
      <p className={classes.muted}>{sentence}</p>
      <ol className={classes.lines}>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines stand in a fixed order
          <li key={index}>
            <span>
              {line.name}
              <small>{line.detail}</small>
              <Id value={line.id} />
            </span>
            <strong>{line.result}</strong>
          </li>
        ))}
      </ol>
      {notes.length > 0 && (
        <div className={classes.notes}>
          <IconInfoCircle size={16} aria-hidden />
          <ul>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
