import { Collapse, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useId, useState } from "react";
import classes from "./Fold.module.css";

/** Something that opens below its title. */
export function Fold({
  title,
  aside,
  open = false,
  children,
}: {
  title: string;
  aside?: string;
  open?: boolean;
  children: ReactNode;
}) {
  const [opened, setOpened] = useState(open);
  const id = useId();
  return (
    <div className={classes.fold}>
      <UnstyledButton
        className={classes.title}
        aria-expanded={opened}
        aria-controls={id}
        onClick={() => setOpened((now) => !now)}
      >
        <IconChevronRight className={classes.chevron} size={16} aria-hidden />
        {title}
        {aside && <span className={classes.aside}>{aside}</span>}
      </UnstyledButton>
      <Collapse expanded={opened} id={id}>
        <div className={classes.content}>{children}</div>
      </Collapse>
    </div>
  );
}
