import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../../mixins/define-service.ts";
import { Worker } from "../../../mixins/events/worker.ts";
import type { NotificationsConfig } from "../config.ts";
import type { Notifications } from "../notifications.context.ts";
import { folderTransport } from "./folder-transport.ts";
import type { MailTransport } from "./mail-transport.ts";
import { sendDue } from "./send-due.ts";
import { smtpTransport } from "./smtp-transport.ts";

/** A wake-up that comes before its consumer has committed finds nothing; the poll makes up for it. */
const POLL_MS = 500;

/** Sends queued notifications in the background, from as many nodes as there are. */
export function mailSender(config: () => NotificationsConfig): Partial<ServiceSchema> {
	return defineMixin<Notifications & { sender: Worker }>({
		created() {
			const report = (error: unknown) => this.logger.warn("Mail sender failed, will try again:", error);
			this.mail = transportOf(config());
			this.sender = new Worker(() => work(this, this.sender), POLL_MS, report);
		},

		methods: {
			wakeSender() {
				this.sender.wake();
			},
		},

		started() {
			this.sender.start();
		},

		async stopped() {
			await this.sender.stop();
			this.mail.close();
		},
	});
}

async function work(service: Notifications, sender: Worker): Promise<void> {
	if ((await sendDue(service)) > 0) sender.wake();
}

const transportOf = ({ route, from }: NotificationsConfig): MailTransport =>
	"folder" in route ? folderTransport(route.folder, from) : smtpTransport(route.server, from);
