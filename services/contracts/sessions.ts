import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError } from "./errors.ts";
import { listOf, listParams } from "./paging.ts";
import { ById, Id, NoResult, Timestamp } from "./text.ts";

export const Session = z.object({
	id: Id,
	address: z.string().nullable(),
	userAgent: z.string().nullable(),
	createdAt: Timestamp,
	lastUsedAt: Timestamp,
	isCurrent: z.boolean(),
});
export type Session = z.output<typeof Session>;

export const SessionNotFound = defineError(
	"SESSION_NOT_FOUND",
	404,
	"There is no such open session of yours. GET /auth/sessions lists them.",
);

export const ListSessions = defineAction("users.sessions", {
	summary: "The caller's open sessions, the last opened first.",
	params: listParams({}),
	result: listOf(Session),
});

export const EndSession = defineAction("users.endSession", {
	summary: "Ends one session of the caller, on another device for example.",
	params: ById,
	result: NoResult,
	errors: [SessionNotFound],
});

export const SESSION_ACTIONS = [ListSessions, EndSession];
