import { Button, Drawer } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useWords } from "../../i18n/words";
import type { Service, Settings } from "../../ipc/backend";
import { queries, useBackend, useSetup } from "../../ipc/queries";
import { ConfirmDialog } from "../../kit/ConfirmDialog";
import { Fold } from "../../kit/Fold";
import { showProblem } from "../../kit/showProblem";
import { ChecklistPanel } from "../keys/ChecklistPanel";
import { HubSpotCard, StripeCard } from "../keys/ConnectionCard";
import { FormerKeyCard } from "../keys/FormerKeyCard";
import { HubSpotGuide } from "../keys/HubSpotGuide";
import { KeyForm } from "../keys/KeyForm";
import { RotateKey } from "../keys/RotateKey";
import { StripeGuide } from "../keys/StripeGuide";
import classes from "./settings.module.css";

interface ConnectionsProps {
  settings: Settings;
  replacing: Service | null;
  onReplacing: (service: Service | null) => void;
}

/** The two keys: what they are, whether they can do what is needed, and how to rotate or delete them. */
export function Connections({ settings, replacing, onReplacing }: ConnectionsProps) {
  const t = useWords();
  const [checking, setChecking] = useState<Service | null>(null);
  const [leaving, setLeaving] = useState<Service | null>(null);
  const disconnect = useDisconnect();
  const { stripe, hubspot } = settings;
  const buttons = (service: Service) => (
    <Buttons
      service={service}
      onCheck={() => setChecking(service)}
      onReplace={() => onReplacing(service)}
      onDisconnect={() => setLeaving(service)}
    />
  );
  const rotate = (service: Service) => <RotateKey service={service} onDone={() => onReplacing(null)} />;
  const former = (service: Service) =>
    settings.formerKeys
      .filter((key) => key.service === service)
      .map((key) => <FormerKeyCard key={key.service} former={key} />);
  return (
    <>
      {stripe === null && <FirstKey service="stripe" />}
      {stripe !== null && replacing === "stripe" && rotate("stripe")}
      {stripe !== null && replacing !== "stripe" && (
        <StripeCard connection={stripe}>{buttons("stripe")}</StripeCard>
      )}
      {former("stripe")}
      {hubspot === null && <FirstKey service="hubSpot" />}
      {hubspot !== null && replacing === "hubSpot" && rotate("hubSpot")}
      {hubspot !== null && replacing !== "hubSpot" && (
        <HubSpotCard connection={hubspot}>{buttons("hubSpot")}</HubSpotCard>
      )}
      {former("hubSpot")}
      <Drawer
        opened={checking !== null}
        onClose={() => setChecking(null)}
        size={880}
        title={checking && t(`checklist.label.${checking}`)}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        {checking && <ChecklistPanel service={checking} />}
      </Drawer>
      <ConfirmDialog
        opened={leaving !== null}
        title={leaving ? t(`settings.disconnect.${leaving}.title`) : ""}
        text={leaving ? t(`settings.disconnect.${leaving}.text`) : ""}
        confirm={t("settings.disconnect.confirm")}
        destructive
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) void disconnect(leaving);
          setLeaving(null);
        }}
      />
    </>
  );
}

interface ButtonsProps {
  service: Service;
  onCheck: () => void;
  onReplace: () => void;
  onDisconnect: () => void;
}

function Buttons({ service, onCheck, onReplace, onDisconnect }: ButtonsProps): ReactNode {
  const t = useWords();
  return (
    <>
      <Button variant="default" size="xs" onClick={onCheck}>
        {t(service === "stripe" ? "settings.permissions" : "settings.scopes")}
      </Button>
      <Button variant="default" size="xs" onClick={onReplace}>
        {t("settings.replace")}
      </Button>
      <Button
        variant="subtle"
        color="red"
        size="xs"
        onClick={onDisconnect}
        aria-label={t("settings.disconnect.of", { service: t(`service.${service}`) })}
      >
        {t("settings.disconnect")}
      </Button>
    </>
  );
}

/** Where there is no key yet. */
function FirstKey({ service }: { service: Service }) {
  const t = useWords();
  const sample = useSetup().data?.sampleData ?? false;
  return (
    <div className={classes.replace}>
      <h3 className={classes.replaceTitle}>{t(`service.${service}`)}</h3>
      <KeyForm service={service} sample={sample} />
      <Fold title={t("guide.title")}>{service === "stripe" ? <StripeGuide /> : <HubSpotGuide />}</Fold>
    </div>
  );
}

function useDisconnect(): (service: Service) => Promise<void> {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  return async (service) => {
    try {
      cache.setQueryData(queries.setup(backend).queryKey, await backend.disconnect(service));
      await cache.invalidateQueries({ queryKey: queries.settings(backend).queryKey });
    } catch (cause) {
      showProblem(t, cause);
    }
  };
}
