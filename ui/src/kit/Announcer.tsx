import { useEffect, useRef, useState } from "react";

const PAUSE_MS = 10_000;

/** Tells `text` to a screen reader, at most once in ten seconds; of what comes in between, only the last is told. */
export function Announcer({ text }: { text: string }) {
  const [told, setTold] = useState("");
  const lastAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const wait_ms = Math.max(0, lastAt.current + PAUSE_MS - performance.now());
    const timer = setTimeout(() => {
      lastAt.current = performance.now();
      setTold(text);
    }, wait_ms);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="visuallyHidden" role="status" aria-live="polite">
      {told}
    </div>
  );
}
