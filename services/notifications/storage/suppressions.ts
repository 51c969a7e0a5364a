import { purging } from "../../../mixins/sql/purge.ts";

/** A full mailbox or a lent number is somebody's again one day: after three months it is tried anew. */
export const PURGE_SUPPRESSIONS = purging(
	"suppressions.purge",
	"suppressions",
	"where created_at < now() - interval '90 days' order by created_at",
);
