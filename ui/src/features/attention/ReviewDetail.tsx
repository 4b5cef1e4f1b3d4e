import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { Candidate, ReviewDecision, ReviewItem } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { HubSpotLink } from "../../kit/HubSpotLink";
import { Moment } from "../../kit/Moment";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import { whySkipped } from "../../kit/whySkipped";
import classes from "./attention.module.css";

interface ReviewDetailProps {
  item: ReviewItem;
  onDecided: () => void;
}

/** Why there is no certain match, which records could be it, and what the user can say. */
export function ReviewDetail({ item, onDecided }: ReviewDetailProps) {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const { object, key, name, reason, otherAccount, refusal, property, url, choices, decision } = item;
  const kept = (items: ReviewItem[]) => {
    cache.setQueryData(queries.review(backend).queryKey, items);
    onDecided();
  };
  const decide = useAction(async (made: ReviewDecision) => kept(await backend.decide(object, key, made)));
  const takeBack = useAction(async () => kept(await backend.takeDecisionBack(object, key)));
  const problem = decide.problem ?? takeBack.problem;
  const may = (choice: ReviewItem["choices"][number]) => choices.includes(choice);
  return (
    <div className={classes.review}>
      <div>
        <h3 className={classes.reviewName}>{name}</h3>
        {reason !== null && (
          <p className={classes.muted}>
            {whySkipped(t, reason, otherAccount)}{" "}
            {[refusal, property].filter((text) => text !== null).join(" · ")}
          </p>
        )}
        {url !== null && <HubSpotLink url={url} />}
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {decision !== null && (
        <div className={classes.decision}>
          <span>{t(`matchReview.decided.${decision.kind}`)}</span>
          <Button variant="default" size="xs" loading={takeBack.busy} onClick={() => void takeBack.run()}>
            {t("matchReview.takeBack")}
          </Button>
        </div>
      )}
      {may("link") && (
        <>
          <Candidates
            item={item}
            busy={decide.busy}
            onUse={(record) => void decide.run({ kind: "link", record })}
          />
          <OtherRecord busy={decide.busy} onUse={(record) => void decide.run({ kind: "link", record })} />
        </>
      )}
      <div className={classes.reviewButtons}>
        {may("create") && (
          <Button
            variant="default"
            disabled={decide.busy}
            onClick={() => void decide.run({ kind: "create" })}
          >
            {t("matchReview.create")}
          </Button>
        )}
        {may("leaveOut") && (
          <Button
            variant="default"
            disabled={decide.busy}
            onClick={() => void decide.run({ kind: "leaveOut" })}
          >
            {t("matchReview.leaveOut")}
          </Button>
        )}
      </div>
    </div>
  );
}

interface UseProps {
  busy: boolean;
  onUse: (record: string) => void;
}

function Candidates({ item, busy, onUse }: UseProps & { item: ReviewItem }) {
  const t = useWords();
  const backend = useBackend();
  const found = useQuery(queries.reviewCandidates(backend, item.object, item.key));
  return (
    <section>
      <h4 className={classes.reviewTitle}>{t("matchReview.candidates")}</h4>
      {found.isPending && <RowSkeletons rows={2} height={56} />}
      {found.error && <ProblemNotice problem={found.error} onTryAgain={() => void found.refetch()} />}
      {found.data?.length === 0 && <p className={classes.muted}>{t("matchReview.noCandidate")}</p>}
      <ul className={classes.candidates}>
        {found.data?.map((candidate) => (
          <CandidateRow key={candidate.hubspotId} candidate={candidate} busy={busy} onUse={onUse} />
        ))}
      </ul>
    </section>
  );
}

function CandidateRow({ candidate, busy, onUse }: UseProps & { candidate: Candidate }) {
  const t = useWords();
  const { hubspotId, name, address, customerId, createdAt, updatedAt, url } = candidate;
  return (
    <li>
      <div className={classes.candidate}>
        <span className={classes.subject}>{name ?? address ?? hubspotId}</span>
        <span className={classes.muted}>
          {[name === null ? null : address, hubspotId].filter(Boolean).join(" · ")}
        </span>
        {customerId !== null && (
          <span className={classes.muted}>{t("matchReview.carries", { customer: customerId })}</span>
        )}
        {createdAt !== null && (
          <span className={classes.muted}>
            {t("matchReview.made")} <Moment at={createdAt} />
            {updatedAt !== null && (
              <>
                {", "}
                {t("matchReview.changed")} <Moment at={updatedAt} />
              </>
            )}
          </span>
        )}
      </div>
      {url !== null && <HubSpotLink url={url} size="xs" />}
      <Button size="xs" disabled={busy} onClick={() => onUse(hubspotId)}>
        {t("matchReview.use")}
      </Button>
    </li>
  );
}

function OtherRecord({ busy, onUse }: UseProps) {
  const t = useWords();
  const [record, setRecord] = useState("");
  return (
    <form
      className={classes.other}
      onSubmit={(event) => {
        event.preventDefault();
        onUse(record.trim());
      }}
    >
      <TextInput
        label={t("matchReview.other")}
        description={t("matchReview.other.text")}
        value={record}
        onChange={(event) => setRecord(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={busy || record.trim() === ""}>
        {t("matchReview.use")}
      </Button>
    </form>
  );
}
