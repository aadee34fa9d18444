import { Global, Module } from '@nestjs/common';
import { Outbox } from '../records/audit-recording.js';
import { EventsController } from './events.controller.js';
import { EventOutbox } from './outbox.js';

@Global()
@Module({
  controllers: [EventsController],
  providers: [{ provide: Outbox, useClass: EventOutbox }],
  exports: [Outbox],
})
export class EventsModule {}
