import { z } from "zod";
import { defineAction } from "./action.ts";
import { Id, NoResult } from "./text.ts";

const OfUser = z.strictObject({ userId: Id });
const FROM_USERS = ["users"];

/**
 * Answered, under its own name, by every service that keeps personal data. Called by the saga that erases a user,
 * until it succeeds: doing it again, or for a user who is not known, changes nothing.
 */
export const eraseOf = (service: string) =>
	defineAction(`${service}.eraseUser`, {
		summary: "Removes what identifies the user from the service's stores; money and stock stay as they are.",
		callers: FROM_USERS,
		params: OfUser,
		result: NoResult,
	});

/** Answered, under its own name, by every service that keeps data of a user; what the user may take away with him. */
export const exportOf = (service: string) =>
	defineAction(`${service}.exportUser`, {
		summary: "What the service keeps of the user, as he may see it.",
		callers: FROM_USERS,
		params: OfUser,
		result: z.object({ data: z.record(z.string(), z.unknown()) }),
	});
