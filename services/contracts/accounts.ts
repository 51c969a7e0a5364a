import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError } from "./errors.ts";
import { ROLES } from "./meta.ts";
import { listOf, listParams } from "./paging.ts";
import { Session } from "./sessions.ts";
import { ById, Flag, Id, text, Timestamp } from "./text.ts";
import { LastAdmin, User, UserNotFound } from "./users.ts";

export const SearchUsers = defineAction("users.search", {
	summary: "Users whose email address, username or name contains the text, newest first.",
	params: listParams({ q: text(255).optional(), role: z.enum(ROLES).optional(), isActive: Flag.optional() }),
	result: listOf(User),
});

export const ReactivateUser = defineAction("users.reactivate", {
	summary: "Opens an account again that was closed.",
	params: ById,
	result: User,
	errors: [UserNotFound],
});

/** What a user did, or what was done to his account. */
export const Activity = z.object({
	id: Id,
	activityType: z.string(),
	activityData: z.record(z.string(), z.unknown()),
	ipAddress: z.string().nullable(),
	userAgent: z.string().nullable(),
	createdAt: Timestamp,
});
export type Activity = z.output<typeof Activity>;

export const ListActivities = defineAction("users.activities", {
	summary: "What a user did and what happened to the account, newest first.",
	params: listParams({ id: Id }),
	result: listOf(Activity),
});

export const ErasureNotFound = defineError("ERASURE_NOT_FOUND", 404, "Nobody asked to erase this user.");

export const Erasure = z.object({
	/** The user's. */
	id: Id,
	status: z.enum(["running", "done"]),
	requestedAt: Timestamp,
	finishedAt: Timestamp.nullable(),
});
export type Erasure = z.output<typeof Erasure>;

export const EraseUser = defineAction("users.erase", {
	summary: "Closes an account for good and removes the person from every store; orders and payments stay, nameless.",
	params: ById,
	result: Erasure,
	errors: [UserNotFound, LastAdmin],
});

export const GetErasure = defineAction("users.erasure", {
	summary: "How far an erasure is. The user's own sessions end with the request, and are refused within seconds.",
	params: ById,
	result: Erasure,
	errors: [ErasureNotFound],
});

export const ExportUser = defineAction("users.export", {
	summary: "Everything that the shop keeps of a user.",
	params: ById,
	result: z.object({
		exportedAt: Timestamp,
		user: User,
		sessions: z.array(Session.omit({ isCurrent: true })),
		activities: z.array(Activity),
		/** By the service that keeps it. */
		services: z.record(z.string(), z.record(z.string(), z.unknown())),
	}),
	errors: [UserNotFound],
});

export const ACCOUNT_ACTIONS = [SearchUsers, ReactivateUser, ListActivities, EraseUser, GetErasure, ExportUser];
