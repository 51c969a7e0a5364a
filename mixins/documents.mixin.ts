import type { ServiceSchema } from "moleculer";
import { defineMixin } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import type { Collection } from "./documents/collection.ts";
import type { Documents } from "./documents/documents.ts";
import type { MongoServer } from "./documents/mongo/mongo-server.ts";
import { openDocuments } from "./documents/open-documents.ts";
import type { SqlMethods } from "./sql.mixin.ts";

export interface DocumentsOptions {
	readonly collection: Collection;
	/** Read when the service is created; undefined keeps the documents in the service's own database. */
	readonly mongodb: () => MongoServer | undefined;
}

/**
 * Gives a service a collection of documents under its name, e.g. `this.catalogue`. Comes after `sql` in the list of
 * mixins, and before `inbox`, whose consumers write to it.
 */
export function documents({ collection, mongodb }: DocumentsOptions): Partial<ServiceSchema> {
	type This = StoaService & SqlMethods & Record<string, Documents<object>>;
	const { name } = collection;
	return defineMixin<This>({
		created() {
			const log = (line: string) => this.logger.info(line);
			Object.assign(this, { [name]: openDocuments(collection, { db: this.db, mongodb: mongodb(), log }) });
		},

		async stopped() {
			await this[name]?.close();
		},
	});
}
