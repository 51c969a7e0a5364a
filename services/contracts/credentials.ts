import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError, RateLimited } from "./errors.ts";
import { Id, NoResult, Nothing, text, Timestamp } from "./text.ts";
import { Email, Password } from "./users.ts";

/** What a link in a mail is for; also the name of the mail's template. */
export const LINK_PURPOSES = ["verify-email", "reset-password", "invitation"] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** One answer for a link that never was, was used, is too old, or whose account may not use it. */
export const LinkEnded = defineError(
	"LINK_ENDED",
	410,
	"This link was used, has expired or was replaced by a newer one. Ask for another.",
);
export const PasswordWrong = defineError("PASSWORD_WRONG", 403, "The current password is wrong.");

const LinkToken = text(200);

/** Says only that the request arrived: whether there is such an account is not told. */
const Accepted = z.object({ status: z.literal("accepted") });

export const VerifyEmail = defineAction("users.verifyEmail", {
	summary: "Confirms an email address by the token of the link that was sent there.",
	params: z.strictObject({ token: LinkToken }),
	result: NoResult,
	errors: [LinkEnded],
});

export const ResendVerification = defineAction("users.resendVerification", {
	summary: "Sends the caller another link to confirm his email address; the links sent before end.",
	params: Nothing,
	result: Accepted,
});

export const ForgotPassword = defineAction("users.forgotPassword", {
	summary: "Sends a link to set another password, if the address has an account. The answer is always the same.",
	params: z.strictObject({ email: Email }),
	result: Accepted,
});

export const ResetPassword = defineAction("users.resetPassword", {
	summary: "Sets a password by the token of a mailed link, ends all sessions, and takes up an invitation.",
	params: z.strictObject({ token: LinkToken, password: Password }),
	result: NoResult,
	errors: [LinkEnded, RateLimited],
});

export const ChangePassword = defineAction("users.changePassword", {
	summary: "Sets the caller's password and ends his other sessions.",
	params: z.strictObject({ currentPassword: text(128), newPassword: Password }),
	result: NoResult,
	errors: [PasswordWrong, RateLimited],
});

/** Asked by notifications when the mail is written: the secret of a link is derived then, and kept nowhere. */
export const MailLink = defineAction("users.mailLink", {
	summary: "The address behind a link that is to be mailed.",
	params: z.strictObject({ userId: Id, purpose: z.enum(LINK_PURPOSES), tokenId: Id }),
	result: z.object({ url: z.url(), expiresAt: Timestamp }),
	errors: [LinkEnded],
	callers: ["notifications"],
});

export const CREDENTIAL_ACTIONS = [
	VerifyEmail,
	ResendVerification,
	ForgotPassword,
	ResetPassword,
	ChangePassword,
	MailLink,
];
