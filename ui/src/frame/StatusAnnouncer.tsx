import { useWords } from "../i18n/words";
import type { Status } from "../ipc/backend";
import { Announcer } from "../kit/Announcer";
import { useNow } from "../kit/Moment";
import { progressSentence, shortStatus } from "./statusWords";

/** Tells changes of the state to a screen reader, wherever the user is. */
export function StatusAnnouncer({ status }: { status: Status }) {
  const t = useWords();
  const now = useNow();
  const text =
    status.progress === null ? shortStatus(t, status, now).title : progressSentence(t, status.progress);
  return <Announcer text={text} />;
}
