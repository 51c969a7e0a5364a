import { aggregate } from "../../mixins/aggregate.mixin.ts";
import { action, defineService, internal, query } from "../../mixins/define-service.ts";
import { inbox } from "../../mixins/inbox.mixin.ts";
import { integrity } from "../../mixins/integrity.mixin.ts";
import { inboxStuck, outboxAge, sagasOverdue } from "../../mixins/integrity/stuck.ts";
import { outbox } from "../../mixins/outbox.mixin.ts";
import { sagas } from "../../mixins/saga.mixin.ts";
import { sql } from "../../mixins/sql.mixin.ts";
import { upkeep } from "../../mixins/upkeep.mixin.ts";
import type { Chore } from "../../mixins/upkeep.mixin.ts";
import * as Accounts from "../contracts/accounts.ts";
import { ExchangeServiceKey } from "../contracts/callers.ts";
import * as Credentials from "../contracts/credentials.ts";
import { ping } from "../contracts/platform.ts";
import { ADMIN, OPEN, own, SIGNED_IN } from "../contracts/policy.ts";
import * as Registrations from "../contracts/registrations.ts";
import * as Sessions from "../contracts/sessions.ts";
import * as Contract from "../contracts/users.ts";
import { changePassword } from "./actions/change-password.ts";
import { checkSession } from "./actions/check-session.ts";
import { contact } from "./actions/contact.ts";
import { deactivateUser } from "./actions/deactivate-user.ts";
import { endSession } from "./actions/end-session.ts";
import { ensureAdmin } from "./actions/ensure-admin.ts";
import { eraseUser } from "./actions/erase-user.ts";
import { exchangeServiceKey } from "./actions/exchange-service-key.ts";
import { exportUser } from "./actions/export-user.ts";
import { forgotPassword } from "./actions/forgot-password.ts";
import { getErasure } from "./actions/get-erasure.ts";
import { getRegistration } from "./actions/get-registration.ts";
import { getUser } from "./actions/get-user.ts";
import { jwks } from "./actions/jwks.ts";
import { listActivities } from "./actions/list-activities.ts";
import { listSessions } from "./actions/list-sessions.ts";
import { logout } from "./actions/logout.ts";
import { logoutAll } from "./actions/logout-all.ts";
import { login } from "./actions/login.ts";
import { mailLink } from "./actions/mail-link.ts";
import { ping as pingUsers } from "./actions/ping.ts";
import { queueRegistration } from "./actions/queue-registration.ts";
import { reactivateUser } from "./actions/reactivate-user.ts";
import { refresh } from "./actions/refresh.ts";
import { register } from "./actions/register.ts";
import { resendVerification } from "./actions/resend-verification.ts";
import { resetPassword } from "./actions/reset-password.ts";
import { searchUsers } from "./actions/search-users.ts";
import { setRole } from "./actions/set-role.ts";
import { updateUser } from "./actions/update-user.ts";
import { verifyEmail } from "./actions/verify-email.ts";
import { apiKeyActions } from "./api-keys/actions.ts";
import { config } from "./config.ts";
import { inviteRegistered } from "./consumers/invite-registered.ts";
import { noteCreation } from "./consumers/note-creation.ts";
import { noteOrder } from "./consumers/note-order.ts";
import { credentials } from "./credentials.mixin.ts";
import { erasure } from "./sagas/erasure.saga.ts";
import { forgetEnded } from "./storage/sessions.ts";
import type { Users } from "./users.context.ts";
import { accountRepository } from "./storage/account.repository.ts";

const forgetSessions: Chore<Users> = {
	name: "forget ended sessions",
	everyMs: 10 * 60_000,
	work: ({ db }) => forgetEnded(db),
};

/**
 * Users: who somebody is, and whether he still is.
 *
 *     account: (invited →) active ⇄ deactivated; from any of them erasing → erased
 *     session: open → ended (logout, second use of a refresh token, new password, deactivation) or 30 days unused
 *     registration: queued → invited | rejected
 *
 * Owns accounts, sessions and the key that signs access tokens. The saga that erases a person asks the other
 * services to forget him, which are known by contract only.
 */
export default defineService({
	name: "users",
	mixins: [
		sql({ url: () => config().databaseUrl }),
		aggregate(accountRepository),
		outbox(),
		credentials({ secret: () => config().jwtSecret, shared: config }),
		inbox([noteCreation, noteOrder, inviteRegistered]),
		sagas([erasure]),
		integrity([outboxAge, inboxStuck, sagasOverdue]),
		upkeep(() => [forgetSessions]),
	],

	created() {
		this.config = config();
	},

	actions: {
		// Signing in and out.
		register: action(
			Contract.Register,
			{ rest: ["POST /auth/register", "POST /users/register"], policy: OPEN, status: 201, location: "/users/:id" },
			register,
		),
		login: action(Contract.Login, { rest: ["POST /auth/login", "POST /users/login"], policy: OPEN }, login),
		refresh: action(Contract.Refresh, { rest: "POST /auth/refresh", policy: OPEN }, refresh),
		logout: action(Contract.Logout, { rest: "POST /auth/logout", policy: SIGNED_IN, status: 204 }, logout),
		logoutAll: action(Contract.LogoutAll, { rest: "POST /auth/logout-all", policy: SIGNED_IN, status: 204 }, logoutAll),
		sessions: action(Sessions.ListSessions, { rest: "GET /auth/sessions", policy: SIGNED_IN }, listSessions),
		endSession: action(
			Sessions.EndSession,
			{ rest: "DELETE /auth/sessions/:id", policy: SIGNED_IN, status: 204 },
			endSession,
		),

		// Passwords, and links in mails.
		verifyEmail: action(
			Credentials.VerifyEmail,
			{ rest: "POST /auth/verify-email", policy: OPEN, status: 204 },
			verifyEmail,
		),
		resendVerification: action(
			Credentials.ResendVerification,
			{ rest: "POST /auth/resend-verification", policy: SIGNED_IN, status: 202 },
			resendVerification,
		),
		forgotPassword: action(
			Credentials.ForgotPassword,
			{ rest: "POST /auth/forgot-password", policy: OPEN, status: 202 },
			forgotPassword,
		),
		resetPassword: action(
			Credentials.ResetPassword,
			{ rest: "POST /auth/reset-password", policy: OPEN, status: 204 },
			resetPassword,
		),
		changePassword: action(
			Credentials.ChangePassword,
			{ rest: "POST /auth/change-password", policy: SIGNED_IN, status: 204 },
			changePassword,
		),
		mailLink: query(Credentials.MailLink, mailLink),

		// Registrations that come by a queue.
		queueRegistration: action(
			Registrations.QueueRegistration,
			{ rest: "POST /registrations", policy: OPEN, status: 202, location: "/registrations/:registrationId" },
			queueRegistration,
		),
		registration: action(
			Registrations.GetRegistration,
			{ rest: "GET /registrations/:id", policy: OPEN },
			getRegistration,
		),

		// What verifies a token: the key, and whether its session is still open.
		jwks: action(Contract.Jwks, { rest: "GET /.well-known/jwks.json", policy: OPEN }, jwks),
		checkSession: query(Contract.CheckSession, checkSession),
		exchangeServiceKey: internal(ExchangeServiceKey, exchangeServiceKey),

		...apiKeyActions,

		// Accounts.
		get: action(Contract.GetUser, { rest: "GET /users/:id", policy: own("id") }, getUser),
		update: action(Contract.UpdateUser, { rest: "PUT /users/:id", policy: own("id") }, updateUser),
		deactivate: action(
			Contract.DeactivateUser,
			{ rest: "DELETE /users/:id", policy: own("id"), status: 204 },
			deactivateUser,
		),
		reactivate: action(Accounts.ReactivateUser, { rest: "POST /users/:id/reactivate", policy: ADMIN }, reactivateUser),
		search: action(Accounts.SearchUsers, { rest: "GET /users/search", policy: ADMIN }, searchUsers),
		activities: action(
			Accounts.ListActivities,
			{ rest: "GET /users/:id/activities", policy: own("id") },
			listActivities,
		),
		erase: action(
			Accounts.EraseUser,
			{ rest: "POST /users/:id/erase", policy: own("id"), status: 202, location: "/users/:id/erasure" },
			eraseUser,
		),
		erasure: action(Accounts.GetErasure, { rest: "GET /users/:id/erasure", policy: own("id") }, getErasure),
		export: action(Accounts.ExportUser, { rest: "GET /users/:id/export", policy: own("id") }, exportUser),
		setRole: action(Contract.SetRole, { rest: "PUT /users/:id/role", policy: ADMIN }, setRole),
		ensureAdmin: internal(Contract.EnsureAdmin, ensureAdmin),
		contact: query(Contract.GetContact, contact),
		ping: query(ping("users"), pingUsers),
	},
});
