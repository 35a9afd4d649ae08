package billing

func (p *page) mandate(familyID int64) {}
