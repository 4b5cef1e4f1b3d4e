import type { MetadataKey } from "../../ipc/backend";

/** One metadata key, as it is told from others. */
export const nameOf = ({ owner, key }: Pick<MetadataKey, "owner" | "key">): string => `${owner} ${key}`;
