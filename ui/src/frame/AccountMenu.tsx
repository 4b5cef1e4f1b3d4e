import { Menu, Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconPlus, IconSelector, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { ForgetDialog } from "../features/settings/ForgetDialog";
import { useWords } from "../i18n/words";
import { useWorkspaces } from "../ipc/workspaces";
import { StatusDot } from "../kit/StatusDot";
import { showProblem } from "../kit/showProblem";
import { accountDetail, accountName, fullName } from "./accountName";
import classes from "./frame.module.css";
import { ModeBadge } from "./ModeBadge";

/** The account that is shown, and the ways to the others and to another. */
export function AccountMenu({ folded = false }: { folded?: boolean }) {
  const t = useWords();
  const { rows, shown, show, add } = useWorkspaces();
  const [removing, setRemoving] = useState(false);
  const name = accountName(t, shown);
  const go = (way: () => Promise<void>) => void way().catch((cause) => showProblem(t, cause));
  return (
    <>
      <Menu
        position="top-start"
        width={288}
        shadow="md"
        withinPortal={false}
        withInitialFocusPlaceholder={false}
      >
        <Menu.Target>
          <UnstyledButton className={classes.account}>
            <VisuallyHidden>{t("workspace.menu", { name: fullName(t, shown) })}</VisuallyHidden>
            <Tooltip label={fullName(t, shown)} position="right" disabled={!folded}>
              <span className={classes.accountShown} aria-hidden>
                <span className={`${classes.accountName} ${classes.unfolded}`}>{name}</span>
                {shown.mode && <ModeBadge mode={shown.mode} />}
                <IconSelector
                  className={shown.mode ? classes.unfolded : undefined}
                  size={16}
                  stroke={1.5}
                  aria-hidden
                />
              </span>
            </Tooltip>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {rows.length > 1 && (
            <>
              {rows.map((row) => (
                <Menu.Item
                  key={row.id}
                  className={classes.menuItem}
                  leftSection={<StatusDot phase={row.phase} />}
                  rightSection={row.mode && <ModeBadge mode={row.mode} />}
                  aria-current={row.id === shown.id ? "true" : undefined}
                  onClick={() => go(() => show(row.id))}
                >
                  <span className={classes.menuName}>{accountName(t, row)}</span>
                  <span className={classes.menuDetail}>{accountDetail(t, row)}</span>
                </Menu.Item>
              ))}
              <Menu.Divider />
            </>
          )}
          <Menu.Item
            className={classes.menuItem}
            leftSection={<IconPlus size={16} stroke={1.5} aria-hidden />}
            onClick={() => go(add)}
          >
            {t("workspace.add")}
          </Menu.Item>
          {rows.length > 1 && (
            <Menu.Item
              className={classes.menuRemove}
              leftSection={<IconTrash size={16} stroke={1.5} aria-hidden />}
              onClick={() => setRemoving(true)}
            >
              {t("workspace.remove", { name })}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ForgetDialog opened={removing} of={shown} onClose={() => setRemoving(false)} />
    </>
  );
}
