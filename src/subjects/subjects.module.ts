import { Module } from '@nestjs/common';
import { SubjectsController } from './subjects.controller.js';
import { SubjectsService } from './subjects.service.js';

@Module({ controllers: [SubjectsController], providers: [SubjectsService] })
export class SubjectsModule {}
