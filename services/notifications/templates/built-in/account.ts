import { z } from "zod";
import { defineTemplate, letter } from "../template.ts";

const account = { topic: "account", channels: ["email"] } as const;
const byItself = { ...account, given: z.object({}), sample: {} };

export const welcome = defineTemplate({
	...byItself,
	name: "welcome",
	source: {
		subject: "Welcome",
		text: letter("Welcome! Your account is open, and you can order at once."),
	},
});

export const accountExists = defineTemplate({
	...byItself,
	name: "account-exists",
	source: {
		subject: "You have an account already",
		text: letter(
			"Somebody, probably you, wanted to open an account with this address, which has one already. Log in, or set a new password if you have forgotten yours.",
			"If it was not you, ignore this mail: nothing has changed.",
		),
	},
});

export const passwordChanged = defineTemplate({
	...byItself,
	name: "password-changed",
	source: {
		subject: "Your password was changed",
		text: letter(
			"The password of your account was changed, and every device was signed out.",
			"If it was not you, set a new password at once.",
		),
	},
});

/** Goes to the address that was left. */
export const emailChanged = defineTemplate({
	...byItself,
	name: "email-changed",
	source: {
		subject: "Your email address was changed",
		text: letter(
			"Your account has another email address now, and nothing more of it will be sent to this one.",
			"If it was not you, somebody else may be using your account: write to us at once.",
		),
	},
});

/** What grants access: the log knows it by `tokenId`, and only the mail itself has the link. */
const byLink = {
	...account,
	asks: "link",
	given: z.object({ tokenId: z.string() }),
	sample: { tokenId: "0198c0de-0000-7000-8000-000000000003" },
	answered: { url: "https://shop.example/account/link#token", validUntil: "2026-03-01 12:00 UTC" },
} as const;

export const verifyEmail = defineTemplate({
	...byLink,
	name: "verify-email",
	source: {
		subject: "Confirm your email address",
		text: letter(
			"Please confirm that this address is yours:",
			"{{url}}",
			"The link works once, until {{validUntil}}. If you have not opened an account, ignore this mail.",
		),
	},
});

export const resetPassword = defineTemplate({
	...byLink,
	name: "reset-password",
	source: {
		subject: "Set a new password",
		text: letter(
			"Somebody, probably you, wants to set a new password for your account:",
			"{{url}}",
			"The link works once, until {{validUntil}}. If it was not you, ignore this mail: nothing has changed.",
		),
	},
});

export const invitation = defineTemplate({
	...byLink,
	name: "invitation",
	source: {
		subject: "Your account is waiting for you",
		text: letter(
			"An account was prepared for you. Choose a password to open it:",
			"{{url}}",
			"The link works once, until {{validUntil}}.",
		),
	},
});
