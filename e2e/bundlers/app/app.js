import { offerUpload } from './upload.js';

offerUpload();
