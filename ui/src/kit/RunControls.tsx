import { Button, Menu, Tooltip } from "@mantine/core";
import { IconChevronDown, IconPlayerPause, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useWords } from "../i18n/words";
import type { Status } from "../ipc/backend";
import { useBackend } from "../ipc/queries";
import { showProblem } from "./showProblem";

const HOUR_MIN = 60;

/** Pause and resume, for a while or until the user's word. */
export function PauseButton({ status }: { status: Status }) {
  const t = useWords();
  const backend = useBackend();
  const act = (call: Promise<unknown>) => void call.catch((cause) => showProblem(t, cause));
  if (status.phase === "paused" || status.progress?.held) {
    return (
      <Button
        variant="default"
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        onClick={() => act(backend.resume())}
      >
        {t("sync.resume")}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={16} aria-hidden />}
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          {t("sync.pause")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => act(backend.pause(HOUR_MIN))}>{t("sync.pauseHour")}</Menu.Item>
        <Menu.Item onClick={() => act(backend.pause(null))}>{t("sync.pauseOpen")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Ends the run under way. */
export function StopButton() {
  const t = useWords();
  const backend = useBackend();
  return (
    <Tooltip label={t("sync.stop.hint")}>
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onClick={() => void backend.stop().catch((cause) => showProblem(t, cause))}
      >
        {t("sync.stop")}
      </Button>
    </Tooltip>
  );
}
