import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError } from "./errors.ts";
import { defineEvent } from "./event.ts";
import { ById, Id, text } from "./text.ts";
import { Email } from "./users.ts";

const person = { name: text(100), surname: text(100), email: Email };

export const RegistrationNotFound = defineError("REGISTRATION_NOT_FOUND", 404, "There is no such registration.");

/** Queued, then one way or the other; `rejected` is only shown when an invitation's time would be over. */
export const REGISTRATION_STATUSES = ["queued", "invited", "active", "rejected"] as const;

export const QueueRegistration = defineAction("users.queueRegistration", {
	summary: "Asks for an account: an invitation to choose a password is mailed.",
	params: z.strictObject(person),
	result: z.object({ registrationId: Id, status: z.literal("queued") }),
});

/** Open to whoever has the id, so it tells nothing of the person, nor whether he had an account before. */
export const GetRegistration = defineAction("users.registration", {
	summary: "What became of a registration.",
	params: ById,
	result: z.object({ registrationId: Id, status: z.enum(REGISTRATION_STATUSES) }),
	errors: [RegistrationNotFound],
});

export const UserRegistration = defineEvent("user.registration", 1, {
	summary: "Somebody asks for an account.",
	isOpen: true,
	aggregate: ["registration", "registrationId"],
	/** Without an id, the message's own. */
	body: { registrationId: Id.optional(), ...person },
});

export const REGISTRATION_ACTIONS = [QueueRegistration, GetRegistration];
export const REGISTRATION_EVENTS = [UserRegistration];
